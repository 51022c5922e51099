import { preparePage } from '../shared/page.js';
import './demo.js';

preparePage();

import { preparePage } from '../shared/page.js';
import './console.js';

preparePage();

import { preparePage } from '../shared/page.js';
import './join.js';

preparePage();

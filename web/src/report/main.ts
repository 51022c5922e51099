import { preparePage } from '../shared/page.js';
import './report.js';

preparePage();

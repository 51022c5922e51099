import { preparePage } from '../shared/page.js';
import './landing.js';

preparePage();

import { preparePage } from '../shared/page.js';
import './signed-in.js';

preparePage();

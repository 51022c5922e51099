import { prepareOverlay } from './page.js';
import './overlay.js';

prepareOverlay();

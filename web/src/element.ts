/** What other pages load: `<script type="module" src="…/element.js">` defines `<crowdcue-game>`. */
import '@crowdcue/client/element';

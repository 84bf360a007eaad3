// Where the client starts.

import { placeToasts } from './components/toast.js';
import { router } from './router.js';
import './shell.js';

placeToasts();
router.listen();
document.body.prepend(document.createElement('hex-shell'));

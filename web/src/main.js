// Where the client starts.

import { placeToasts } from './components/toast.js';
import { router } from './router.js';
import './shell.js';

// An old browser shows a sentence instead.
if (document.documentElement.dataset.unsupported === undefined) {
  placeToasts(document.body);
  router.listen();
  document.body.prepend(document.createElement('hex-shell'));
}

// Says so in browsers that are too old for the client. This file is not a module, because they might not run it.

(() => {
  const isSupported =
    'noModule' in HTMLScriptElement.prototype &&
    'Segmenter' in Intl &&
    'canParse' in URL &&
    CSS.supports('color', 'light-dark(black, white)') &&
    CSS.supports('selector(:has(a))');
  if (isSupported) return;
  document.documentElement.dataset.unsupported = '';
  addEventListener('DOMContentLoaded', () => {
    document.body.textContent =
      'Hexroom needs a newer browser: Chrome, Edge or another one based on Chromium from version 123 on, Firefox from ' +
      '125, or Safari from 17.5.';
  });
})();

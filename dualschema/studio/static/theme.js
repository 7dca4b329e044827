// The chosen theme, set before anything is drawn: a classic script, which the page waits for.
const theme = localStorage.getItem('dualschema-theme');
if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;

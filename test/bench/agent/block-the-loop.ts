/** Loaded into a supervisor before it starts: blocks its event loop for 60 ms out of every 250, as a busy one would be. */
setInterval(() => {
  const until = performance.now() + 60;
  while (performance.now() < until);
}, 250).unref();

// sqlite3's fallback build needs Node's headers; they are inside the pinned node-linux package, so no download is needed.
// An ffmpeg already on PATH spares ffmpeg-static its download.
const { existsSync } = require('node:fs');
const { delimiter, join } = require('node:path');

const pinned =
  process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch)
    ? { npm_package_config_node_gyp_nodedir: join(__dirname, 'node_modules', `node-linux-${process.arch}`) }
    : {};
const onPath = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'ffmpeg'))
  .find((file) => existsSync(file));
const ffmpeg = process.env.FFMPEG_PATH ?? onPath;

module.exports = {
  hooks: {
    updateConfig: (config) => ({
      ...config,
      extraEnv: { ...config.extraEnv, ...pinned, ...(ffmpeg && { FFMPEG_BIN: ffmpeg }) },
    }),
  },
};

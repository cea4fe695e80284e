import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2022',
    emptyOutDir: true,
    assetsInlineLimit: 0, // the pages' content security policy allows no data: but for pictures
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800,
  },
});

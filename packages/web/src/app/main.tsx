import '../ui/theme.css';
import '../ui/base.css';
import './app.css';
import '../library/library.css';
import '../session/session.css';
import '../timeline/timeline.css';
import '../transcript/transcript.css';
import '../player/player.css';
import '../session/live.css';
import './narrow.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

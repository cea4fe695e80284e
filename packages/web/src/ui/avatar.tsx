import { useState } from 'react';
import { initialsOf } from './initials.ts';

/** A person's picture, or their initials where there is none. The name stands beside it, so it says nothing to screen readers. */
export const Avatar = ({
  name,
  url,
  colour,
  size = 32,
}: {
  readonly name: string;
  readonly url: string | null;
  readonly colour: string;
  readonly size?: number;
}) => {
  const [failed, setFailed] = useState(false);
  const style = { '--avatar': colour, width: size, height: size, fontSize: size * 0.4 } as React.CSSProperties;
  return (
    <span className="avatar" style={style} aria-hidden="true">
      {url !== null && !failed ? (
        <img
          src={url}
          alt=""
          width={size}
          height={size}
          loading="lazy"
          referrerPolicy="no-referrer"
          onError={() => setFailed(true)}
        />
      ) : (
        initialsOf(name)
      )}
    </span>
  );
};

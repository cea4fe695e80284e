/** Why a link is over. `ended`: the peer closed its side; `closed`: this side did. */
export type LinkEnd =
  | { readonly kind: 'ended' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'garbage'; readonly message: string }
  | { readonly kind: 'overflow'; readonly message: string }
  | { readonly kind: 'read_failed'; readonly message: string }
  | { readonly kind: 'write_failed'; readonly message: string };

/** What tests bring in beside MariaDB and Redis. */
export const nginx = {
  name: 'nginx',
  packages: ['nginx'],
  programs: { nginx: ['nginx'] },
  advice: 'This test needs nginx: install it so that nginx is found (Debian: nginx; macOS: brew install nginx)',
};

export const caddy = {
  name: 'caddy',
  packages: ['caddy'],
  programs: { caddy: ['caddy'] },
  advice: 'This test needs Caddy: install it so that caddy is found (Debian: caddy; macOS: brew install caddy)',
};

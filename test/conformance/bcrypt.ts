import { execFileSync } from 'node:child_process';

/** A bcrypt hash, as `htpasswd -B` makes it: by the C library, which Perl asks. The salt is fixed: it protects nothing here. */
export const bcryptHash = (password: string): string =>
  execFileSync('perl', ['-e', 'print crypt($ARGV[0], q($2b$04$abcdefghijklmnopqrstuu))', password], { encoding: 'utf8' });

// `npm test`: makes the repository ready, then runs every test on real servers of its own.
import { prepare } from './prepare.mjs';

const program = await prepare();
if (!program) process.stdout.write('0 passed, 1 failed\n');
process.exit(program ? await program.main(['test', ...process.argv.slice(2)]) : 1);

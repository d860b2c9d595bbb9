// Makes the repository ready, then becomes `avatarforge` with the words that follow: `up` for `npm start`.
import { prepare } from './prepare.mjs';

const program = await prepare();
process.exit(program ? await program.main(process.argv.slice(2)) : 1);

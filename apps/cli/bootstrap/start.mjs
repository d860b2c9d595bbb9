// `npm start`: makes the repository ready, then becomes `avatarforge up`.
import { prepare } from './prepare.mjs';

const program = await prepare();
process.exit(program ? await program.main(['up']) : 1);

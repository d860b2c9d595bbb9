import { AppError, isId } from '@avatarforge/core';
import { findEmailAddress, unsubscribe as stopLetters, type Database } from '@avatarforge/db';

/** Who asks: the token that stands in every letter is all that it takes. */
interface Asked {
  token: string;
}

/** The address that a letter with this token went to. Throws {@link AppError} `not_found`. */
export async function getEmailAddress(
  { database }: { database: Database },
  { token }: Asked,
): Promise<string> {
  const address = isId(token) ? await findEmailAddress(database, token) : null;
  if (address === null) throw new AppError('not_found', 'This link is not one of ours.');
  return address;
}

/** No more letters go to the address of this token. Gives the address. Throws {@link AppError} `not_found`. */
export async function unsubscribe(deps: { database: Database }, { token }: Asked): Promise<string> {
  const address = await getEmailAddress(deps, { token });
  await stopLetters(deps.database, token);
  return address;
}

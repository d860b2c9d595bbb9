import { AppError } from '@avatarforge/core';

/** What `work` gives; what is wrong with a picture is said of the field that held it. */
export async function atField<T>(pointer: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError) || error.errors) throw error;
    throw new AppError(error.code, error.message, [{ pointer, message: error.message }]);
  }
}

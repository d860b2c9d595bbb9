import { copyOf, FOLDER } from './graphs';
import type { Guarantee } from './guarantee';
import { decode, png } from './pictures';
import type { Visit } from './visit';

const RED = 0xff0000;
const BLUE = 0x0000ff;

/** Pictures that are uploaded. Names are the same at every run: no server gets more files by it. */
export function uploads(guarantee: Guarantee): void {
  guarantee('the same bytes under the same name are one file', async (comfy) => {
    const upload = { bytes: await png(RED), filename: 'red.png', subfolder: FOLDER };
    const name = await comfy.client.uploadImage(upload);
    expect(name).toBe(`${FOLDER}/red.png`);
    expect(await comfy.client.uploadImage(upload)).toBe(name);
    expect(await loadedColor(comfy, name)).toBe(RED);
  });

  guarantee('other bytes under the same name change no file that is there', async (comfy) => {
    const [red, blue] = [await png(RED), await png(BLUE)];
    const names: string[] = [];
    for (const bytes of [red, blue, red]) {
      const upload = { bytes, filename: 'any.png', subfolder: FOLDER };
      names.push(await comfy.client.uploadImage(upload));
    }
    expect(names[1]).not.toBe(names[0]);
    expect(names[2]).toBe(names[0]);
    expect(await loadedColor(comfy, names[0]!)).toBe(RED);
    expect(await loadedColor(comfy, names[1]!)).toBe(BLUE);
  });

  guarantee('our client takes no name that could mean something else', async (comfy) => {
    const bytes = await png(RED);
    for (const filename of ['a b.png', 'bild-ä.png', '../x.png', 'a/b.png', '']) {
      const upload = comfy.client.uploadImage({ bytes, filename, subfolder: FOLDER });
      await expect(upload).rejects.toThrow(TypeError);
    }
  });

  guarantee('names with spaces and letters of all languages', async (comfy) => {
    const filename = 'a red ünicode 図.png';
    const form = new FormData();
    form.set('image', new Blob([await png(RED)]), filename);
    form.set('subfolder', FOLDER);
    const answer = await comfy.ask('/api/upload/image', { method: 'POST', body: form });
    const { name } = (await answer.json()) as { name: string };
    comfy.observe('keeps any name of an upload', filename, name);
    const color = await loadedColor(comfy, `${FOLDER}/${name}`);
    comfy.observe('loads an upload of any name', true, color === RED);
  });
}

/** The one colour of what LoadImage makes of an upload. */
async function loadedColor(comfy: Visit, name: string): Promise<number | null> {
  const { outputs } = await comfy.run(copyOf(name));
  return (await decode((await comfy.fetch(outputs[0]!)).bytes)).color;
}

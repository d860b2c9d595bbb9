/** Asks whether letters to an address are to end. */
export function askPage(address: string): string {
  return page(
    'No more letters?',
    `<p>Letters about finished pictures go to <strong>${escape(address)}</strong>.</p>
    <form method="post"><button type="submit">Send no more</button></form>`,
  );
}

/** Says that they have ended. */
export function donePage(address: string): string {
  return page(
    'No more letters',
    `<p>Nothing more is sent to <strong>${escape(address)}</strong>.</p>`,
  );
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>${title}</title>
    <style>
      body { font-family: sans-serif; line-height: 1.5; max-width: 32rem; margin: 4rem auto; padding: 0 1rem }
      button { font: inherit; padding: 0.5rem 1rem }
    </style>
  </head>
  <body>
    <h1>${title}</h1>
    ${body}
  </body>
</html>
`;
}

/** An address may hold whatever its owner likes. */
function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

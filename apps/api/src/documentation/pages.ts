/** The page of Swagger UI; all it loads comes from this server. */
export const SWAGGER_PAGE = page({
  title: 'AvatarForge API',
  head: '<link rel="stylesheet" href="/docs/swagger-ui.css">',
  body: `<div id="swagger-ui"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>`,
});

/** Starts Swagger UI; a file of its own, since the page may hold no script. */
export const SWAGGER_START = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  tryItOutEnabled: true,
  persistAuthorization: true,
});
`;

/** The page of ReDoc; all it loads comes from this server. */
export const REDOC_PAGE = page({
  title: 'AvatarForge API reference',
  head: '<style>body { margin: 0 }</style>',
  body: `<redoc spec-url="/openapi.json"></redoc>
    <script src="/redoc/redoc.standalone.js"></script>`,
});

function page({ title, head, body }: { title: string; head: string; body: string }): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
    <link rel="icon" href="/docs/favicon-32x32.png">
    ${head}
  </head>
  <body>
    ${body}
  </body>
</html>
`;
}

// A real provider: npm's oidc-provider with its own pages for signing in. `node oidc_provider.mjs FOLDER BACK AFTER`, where FOLDER
// holds `npm install oidc-provider@9.13.3` (Node 20 or newer); prints its address once it listens.
import http from "node:http";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { createRequire } from "node:module";

const [folder, back, after] = process.argv.slice(2);
const require = createRequire(path.resolve(folder, "package.json"));
const { default: Provider } = await import(pathToFileURL(require.resolve("oidc-provider")).href);
const server = http.createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: "minyi", client_secret: "only-for-tests", redirect_uris: [back], post_logout_redirect_uris: [after], token_endpoint_auth_method: "client_secret_basic" }],
    claims: { openid: ["sub"], profile: ["preferred_username", "name", "groups"], email: ["email"] },
    cookies: { keys: ["only-for-tests"] },
    pkce: { required: () => true },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: id, name: "王芳", groups: ["survey"], email: `${id}@example.gov.cn` }),
    }),
  });
  server.on("request", provider.callback());
  console.log(issuer);
});

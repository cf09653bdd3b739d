// Clients that say by tokens who they are.

import Chorus
import ChorusTokens

let secret = "in the configuration of server and backend, at least 32 bytes"

// snippet.server
let chat = Namespace("chat", publishers: .authenticated, subscribers: .authenticated)
let hub = Hub(configuration: .init(namespaces: [chat]))
let server = BroadcastServer(configuration: .init(port: 8000), hub: hub)
let revocations = Revocations()
let verifier = try await JWTVerifier(TokenConfiguration(hmacSecret: secret))

server.relay(at: "/ws/{topic}")
server.authenticate(with: verifier.checking(revocations), cookie: "chorus")
try await server.run()
// snippet.end

// snippet.revoke
// a user's tokens that were made before now, and one token until it ends by itself
try revocations.revoke(user: "ann")
try revocations.revoke(token: "7f3a", until: 1_800_000_000)
// and who is connected already
await hub.disconnect(user: "ann")
// snippet.end

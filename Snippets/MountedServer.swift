// Chorus inside a Hummingbird application.

import Chorus
import Hummingbird

let router = Router()
router.get("/") { _, _ in "hello" }

// snippet.server
let server = BroadcastServer()
server.webSocket("/ws") { client in
    for await text in client.texts {
        server.broadcast("Message: \(text)")
    }
}
let app = Application(router: router, server: .chorus(server))
// snippet.end

// snippet.hub
// Without a program: what clients of /ws/news send reaches all clients of /ws/news.
let hub = Hub()
let relay = Application(router: router, server: .chorus(hub, at: "/ws/{topic}"))
// snippet.end

try await app.run()
try await relay.run()

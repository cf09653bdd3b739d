// The tutorial's connection manager.

import Chorus

// snippet.show
let server = BroadcastServer(port: 8000)

server.webSocket("/ws") { client in
    for await text in client.texts {
        server.broadcast("Message: \(text)")
    }
}

try await server.run()

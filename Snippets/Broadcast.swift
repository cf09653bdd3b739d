// The tutorial's connection manager.

import Chorus

// snippet.show
let server = BroadcastServer(port: 8000)

server.webSocket("/ws") { client in
    client.send("Welcome, \(client.id)")
    for await text in client.texts {
        server.broadcast("Message: \(text)", except: client)
    }
}

try await server.run()

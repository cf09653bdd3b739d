import Chorus

/// Rooms with names: connect to `ws://127.0.0.1:8000/rooms/kitchen?name=Ada`, and everybody in the room reads what you
/// write.
@main
struct ChatRoom {
    static func main() async throws {
        let server = BroadcastServer(port: 8000)

        server.onConnect { request in
            guard let name = request.query["name"], !name.isEmpty else {
                throw Refusal(status: 400, "Say who you are: /rooms/kitchen?name=Ada")
            }
        }

        server.webSocket("/rooms/{room}") { client in
            let name = client.query["name"] ?? "somebody"
            let room = try server.hub.topic("chat:\(client.parameters.require("room"))")
            await room.join(client)
            try await room.publish("\(name) came in")
            for await text in client.texts {
                try await room.publish("\(name): \(text)")
            }
            try await room.publish("\(name) left")
        }

        try await server.run()
    }
}

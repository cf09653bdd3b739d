import Chorus

/// Rooms with names, a past and a list of who is there: connect to `ws://127.0.0.1:8000/rooms/kitchen?name=Ada`.
/// Everybody in the room reads what you write, and is told who comes and goes.
@main
struct ChatRoom {
    static func main() async throws {
        let hub = Hub(configuration: .init(namespaces: [Namespace("chat", history: .last(50), presence: true)]))
        let server = BroadcastServer(configuration: .init(port: 8000), hub: hub)

        server.authenticate { request in
            guard let name = request.query["name"], !name.isEmpty else {
                throw Refusal(status: 400, "Say who you are: /rooms/kitchen?name=Ada")
            }
            return name
        }

        server.webSocket("/rooms/{room}", format: .envelope) { client in
            let room = try hub.topic("chat:\(client.parameters.require("room"))")
            await room.join(client, from: .last(50))
            for await text in client.texts {
                try await room.publish(text, from: client)
            }
        }

        try await server.run()
    }
}

import Chorus
import Hummingbird

/// A Hummingbird application with Chorus in it: `curl -X POST -d 'Goal!' http://127.0.0.1:8080/goals` reaches every page
/// that is connected to `ws://127.0.0.1:8080/ws`.
@main
struct Mounted {
    static func main() async throws {
        let hub = Hub()
        let goals = try hub.topic("goals")

        let router = Router()
        router.post("/goals") { request, _ in
            let body = try await request.body.collect(upTo: 10_000)
            try await goals.publish(String(buffer: body))
            return HTTPResponse.Status.accepted
        }

        let server = BroadcastServer(hub: hub)
        server.webSocket("/ws") { client in
            await goals.join(client)
            for await _ in client.messages {}
        }

        let app = Application(
            router: router,
            server: .chorus(server),
            configuration: .init(address: .hostname("127.0.0.1", port: 8080))
        )
        try await app.runService()
    }
}

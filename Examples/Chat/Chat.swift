import Chorus
import ChorusDemo
import Hummingbird

/// A chat with rooms, names, a past and a list of who is there: open http://127.0.0.1:8000/demo/chat in two windows.
@main
struct Chat {
    static func main() async throws {
        // what clients send is JSON, such as {"text": "hi"}; who sent it, the server says
        let chat = Namespace("chat", history: .last(1000), presence: true, payload: .json)
        let router = Router()
        DemoPages.addRoutes(to: router)

        let server = BroadcastServer(
            configuration: .init(port: 8000),
            hub: Hub(configuration: .init(namespaces: [chat])),
            router: router
        )
        server.relay(at: "/ws/{topic}")
        try await server.run()
    }
}

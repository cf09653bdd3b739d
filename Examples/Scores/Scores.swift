import Chorus
import ChorusDemo
import Hummingbird

/// Live scores: open http://127.0.0.1:8000/demo/scores. Whoever comes gets every game as it is, and then what changes.
@main
struct Scores {
    static func main() async throws {
        let scores = Namespace("scores", latest: Latest(keys: 100), overflow: .latest, publishers: .server)
        let hub = Hub(configuration: .init(namespaces: [scores]))
        let router = Router()
        DemoPages.addRoutes(to: router)

        let server = BroadcastServer(configuration: .init(port: 8000), hub: hub, router: router)
        server.relay(at: "/ws/{topic}")

        server.whileRunning {
            let topic = try hub.topic("scores")
            var league = League()
            for game in league.games { try await topic.publish(game, key: game.id) }
            while true {
                try await Task.sleep(for: .seconds(1))
                for game in league.step() { try await topic.publish(game, key: game.id) }
            }
        }
        try await server.run()
    }
}

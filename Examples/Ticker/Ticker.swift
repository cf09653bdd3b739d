import Chorus
import ChorusDemo
import Hummingbird

/// Thousands of prices a second: open http://127.0.0.1:8000/demo/ticker, and slow the page down.
@main
struct Ticker {
    static func main() async throws {
        // who comes late gets the newest price of every symbol, and so does who is slow, instead of a backlog
        let ticker = Namespace("ticker", latest: Latest(keys: 500), overflow: .latest, publishers: .server)
        let hub = Hub(configuration: .init(namespaces: [ticker]))
        let router = Router()
        DemoPages.addRoutes(to: router)

        let server = BroadcastServer(configuration: .init(port: 8000), hub: hub, router: router)
        server.relay(at: "/ws/{topic}")

        server.whileRunning {
            let topic = try hub.topic("ticker")
            var market = Market()
            for quote in market.all { try await topic.publish(quote, key: quote.symbol) }
            var next = ContinuousClock.now
            while true {
                next = max(next + .milliseconds(10), .now - .seconds(1))
                try await Task.sleep(until: next)
                for quote in market.trade(30) { try await topic.publish(quote, key: quote.symbol) }
            }
        }
        try await server.run()
    }
}

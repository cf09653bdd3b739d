import Chorus
import ChorusDemo
import Hummingbird

/// Notifications for each user, also those that came while nobody was looking: open
/// http://127.0.0.1:8000/demo/notifications, and send one yourself with the line that stands there.
@main
struct Notifications {
    static func main() async throws {
        let notifications = Namespace("notifications", history: .last(100, for: .hours(24)), publishers: .server)
        let hub = Hub(configuration: .init(namespaces: [notifications]))
        let router = Router()
        DemoPages.addRoutes(to: router)
        HTTPAPI(hub: hub, access: .local).addRoutes(to: router)

        let server = BroadcastServer(configuration: .init(port: 8000), hub: hub, router: router)
        server.relay(at: "/ws/{topic}")

        server.whileRunning {
            var postbox = Postbox()
            while true {
                let (user, notification) = postbox.next()
                try await hub.publish(notification, to: TopicName("notifications:\(user)"))
                try await Task.sleep(for: .seconds(5))
            }
        }
        try await server.run()
    }
}

import ChorusCore
import JSONWire
import NIOCore

extension HTTPAPI {
    /// `info`: this server.
    func info() async -> ByteBuffer {
        let users = await hub.userCount()
        let subscriptions = await hub.subscriptionCount()
        let usage = load.now
        let node = ByteBuffer.jsonObject {
            $0.field("uid", ProcessLoad.identifier)
            $0.field("name", name)
            $0.field("version", BroadcastServer.version)
            $0.field("num_clients", hub.sessionCount)
            $0.field("num_users", users)
            $0.field("num_channels", hub.topicCount)
            $0.field("num_subs", subscriptions)
            $0.field("uptime", Int(usage.uptime / .seconds(1)))
            $0.field(
                "process",
                json: .jsonObject {
                    $0.field("cpu", usage.percent)
                    $0.field("rss", usage.residentBytes)
                }
            )
        }
        return .jsonObject { $0.field("nodes", elements: [node]) }
    }
}

import ChorusCore
import JSONWire
import NIOCore

extension HTTPAPI {
    /// `info`: this server.
    func info() async -> ByteBuffer {
        let users = await hub.userCount()
        let usage = ProcessUsage.now
        let node = ByteBuffer.jsonObject {
            $0.field("uid", String(ProcessUsage.identifier, radix: 36))
            $0.field("name", name)
            $0.field("version", BroadcastServer.version)
            $0.field("num_clients", hub.sessionCount)
            $0.field("num_users", users)
            $0.field("num_channels", hub.topicCount)
            $0.field("uptime", (NIODeadline.now() - started).nanoseconds / 1_000_000_000)
            $0.field(
                "process",
                json: .jsonObject {
                    $0.field("cpu", usage.cpuSeconds)
                    $0.field("rss", usage.residentBytes)
                }
            )
        }
        return .jsonObject { $0.field("nodes", elements: [node]) }
    }
}

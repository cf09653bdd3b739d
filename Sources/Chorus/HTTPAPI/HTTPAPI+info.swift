import ChorusCore
import JSONWire
import NIOCore

extension APIMethod {
    static let info = APIMethod(
        name: "info",
        summary: "What runs here, and how much it has to do.",
        fields: [],
        result: .object([.field("nodes", .array(of: HTTPAPI.nodeSchema), "This server alone.")])
    ) { api, _ throws(APIError) in await api.info() }
}

extension HTTPAPI {
    fileprivate static let nodeSchema = JSONSchema.object([
        .field("uid", .string(), "Differs from run to run."),
        .field("name", .string(), "What the server calls itself."),
        .field("version", .string(), "Of Chorus."),
        .field("num_clients", .integer(from: 0), "Sessions that are open."),
        .field("num_users", .integer(from: 0), "Different users among them."),
        .field("num_channels", .integer(from: 0), "Topics that somebody follows."),
        .field("num_subs", .integer(from: 0), "How many topics all sessions follow together."),
        .field("uptime", .integer(from: 0), "Seconds since it began."),
        .field(
            "process",
            .object([
                .field("cpu", .number, "Per cent of one processor, since the question before."),
                .field("rss", .integer(from: 0), "Bytes in memory."),
            ]),
            "What it uses."
        ),
    ])

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

import Chorus
import ChorusCore
import ChorusDemo
import Hummingbird
import JSONWire
import NIOCore

/// `/`: what is running here, and where to go: a page for browsers, text for terminals, JSON for programs. `/health`:
/// whether it is running.
struct FrontPage: Sendable {
    let hub: Hub
    let announcement: Announcement
    private let started = NIODeadline.now()

    init(hub: Hub, announcement: Announcement) {
        self.hub = hub
        self.announcement = announcement
    }

    func addRoutes(to router: Router<BasicRequestContext>) {
        router.get("/") { request, _ in
            let wanted = request.headers[.accept] ?? ""
            if wanted.contains("text/html") { return DemoPages.front }
            let isJSON = wanted.contains("application/json")
            return Response(
                status: .ok,
                headers: [
                    .contentType: isJSON ? "application/json" : "text/plain; charset=utf-8",
                    .cacheControl: "no-store",
                    .vary: "Accept",
                ],
                body: .init(byteBuffer: isJSON ? json : text(host: request.head.authority ?? "localhost"))
            )
        }
        router.get("/health") { _, _ in "ok\n" }
    }

    private func text(host: String) -> ByteBuffer {
        ByteBuffer(
            string: """
                This is Chorus \(BroadcastServer.version), a broadcast server. Connected: \(hub.sessionCount).

                \(Announcement.table(announcement.lines(host: host)))

                  /ws/{topic} takes
                    ?last=50              the last 50 messages first
                    ?since=EPOCH:OFFSET   what was missed since then first
                    ?latest               the newest message of every key first, where they are kept
                    ?format=json          as JSON, with positions to come back with, and who comes and goes
                    ?name=Ada             how the others see you there

                  Clients may publish \(hub.configuration.publishing).

                """
        )
    }

    private var json: ByteBuffer {
        .jsonObject {
            $0.field("name", "chorus")
            $0.field("version", BroadcastServer.version)
            $0.field("connected", hub.sessionCount)
            $0.field("topics", hub.topicCount)
            $0.field("uptime", (NIODeadline.now() - started).nanoseconds / 1_000_000_000)
            $0.field("secure", announcement.isSecure)
            $0.field("publishing", hub.configuration.publishing)
            if let api = announcement.api { $0.field("api", api) }
            $0.field("demo", announcement.hasDemos)
            $0.field("demo_feed", announcement.hasDemoFeed)
            $0.field("echo", announcement.echoes)
        }
    }
}

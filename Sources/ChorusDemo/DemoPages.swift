public import Hummingbird
import NIOCore

/// The pages of the demos, built into the program: `/demo/chat`, `/demo/notifications`, `/demo/scores`, `/demo/ticker`,
/// and what they load. They expect the server's WebSockets at `/ws/{topic}`.
public enum DemoPages {
    /// The demos' names.
    public static let names = ["chat", "notifications", "scores", "ticker"]

    /// Adds `GET /demo/…` to a router, and `/demo`, which leads to the first.
    ///
    /// - Parameter pages: whether the pages are there, and not only what they and ``front`` load. Default yes.
    public static func addRoutes<Context: RequestContext>(to router: some RouterMethods<Context>, pages: Bool = true) {
        for (name, bytes) in files where pages || !name.hasSuffix(".html") {
            // pages are asked for by their bare name
            let path = name.hasSuffix(".html") ? String(name.dropLast(5)) : name
            let response = response(name, bytes)
            router.get("/demo/\(path)") { _, _ in response }
        }
        if pages { router.get("/demo") { _, _ in Response.redirect(to: "/demo/\(names[0])", type: .found) } }
    }

    /// The first page of the stand-alone server. It asks `/` for JSON to find out what is running there.
    public static let front = response("front.html", PackageResources.front_html)

    private static var files: [(name: String, bytes: [UInt8])] {
        [
            ("chat.html", PackageResources.chat_html), ("chat.js", PackageResources.chat_js),
            ("notifications.html", PackageResources.notifications_html),
            ("notifications.js", PackageResources.notifications_js),
            ("scores.html", PackageResources.scores_html), ("scores.js", PackageResources.scores_js),
            ("ticker.html", PackageResources.ticker_html), ("ticker.js", PackageResources.ticker_js),
            ("reader.js", PackageResources.reader_js), ("chorus.js", PackageResources.chorus_js),
            ("demo.js", PackageResources.demo_js),
            ("demo.css", PackageResources.demo_css), ("front.js", PackageResources.front_js),
        ]
    }

    private static func response(_ name: String, _ bytes: [UInt8]) -> Response {
        let type =
            switch name.split(separator: ".").last {
            case "html": "text/html; charset=utf-8"
            case "js": "text/javascript; charset=utf-8"
            default: "text/css; charset=utf-8"
            }
        let headers: HTTPFields = [
            .contentType: type,
            // a newer server may have newer ones, and they are small
            .cacheControl: "no-cache",
            .contentSecurityPolicy:
                "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; frame-ancestors 'none'",
            .xContentTypeOptions: "nosniff",
            .vary: "Accept",
        ]
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

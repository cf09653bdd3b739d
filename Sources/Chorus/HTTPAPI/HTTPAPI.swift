public import ChorusCore
public import CoreMetrics
import NIOCore

/// The HTTP API for backends: `POST /api/publish` and its siblings, with the requests, answers and codes of Centrifugo's
/// server API, so that its client libraries work here.
///
/// ```swift
/// let router = Router()
/// HTTPAPI(hub: hub, access: .keys(["secret"])).addRoutes(to: router)
/// ```
///
/// Methods: `publish`, `broadcast`, `history`, `presence`, `presence_stats`, `info`, `batch`.
/// `docs/http-api.md` in the source has their fields.
public struct HTTPAPI: Sendable {
    /// Who may use it.
    public enum Access: Sendable {
        /// Whoever sends one of these keys (`X-API-Key`, `Authorization: apikey KEY`, or `?api_key=KEY`); all others get
        /// 401. Without any key nobody may.
        case keys([String])
        /// Everybody on this machine, but no web page of another origin. Only for servers that listen on loopback alone.
        case local
    }

    /// Bounds for requests.
    public struct Limits: Sendable {
        /// The largest body in bytes; a larger one gets 413. Default 16 MiB.
        public var bodySize = 16 << 20
        /// The largest payload of a message, with its key and tags, in bytes. Default 1 MiB, or less where the
        /// namespace says so.
        public var messageSize = 1 << 20
        /// The longest key, idempotency key and version epoch, in bytes. Default 255.
        public var keyLength = 255
        /// The most topics of a `broadcast`, and the most commands of a `batch`. Default 10,000.
        public var listLength = 10_000
        /// About the most bytes of the answer to a `batch`: what comes after them is not done, and gets an error. Default
        /// 64 MiB.
        public var answerSize = 64 << 20
        /// How long the commands of a `batch` or a `broadcast` may take together: what has not been begun by then is not
        /// done, and gets an error. Default 30 seconds.
        public var time = Duration.seconds(30)
        /// The most members that `presence` names. Default 10,000.
        public var members = 10_000
        /// The most messages of one answer of `history`, 16 MiB of payloads at the most. Default 10,000.
        public var history = 10_000

        /// Makes the defaults.
        public init() {}
    }

    let hub: Hub
    let access: Access
    let limits: Limits
    /// What the server calls itself in `info`.
    let name: String
    let load = ProcessLoad()
    let counters: APICounters

    /// Makes the API of a hub.
    ///
    /// - Parameters:
    ///   - access: who may use it.
    ///   - name: what the server calls itself in `info`.
    ///   - metrics: where requests are counted; by default what the program has chosen for itself.
    public init(
        hub: Hub,
        access: Access,
        limits: Limits = Limits(),
        name: String = "chorus",
        metrics: any MetricsFactory = MetricsSystem.factory
    ) {
        self.hub = hub
        self.access = access
        self.limits = limits
        self.name = name
        self.counters = APICounters(metrics)
    }
}

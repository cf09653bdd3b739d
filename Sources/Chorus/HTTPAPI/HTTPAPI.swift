public import ChorusCore
public import CoreMetrics
public import Logging
import NIOCore

/// The HTTP API for backends: `POST /api/publish` and its siblings, with the requests, answers and codes of Centrifugo's
/// server API, so that its client libraries work here.
///
/// ```swift
/// let router = Router()
/// HTTPAPI(hub: hub, access: .keys(["secret"])).addRoutes(to: router)
/// ```
///
/// `docs/http-api.md` in the source has the methods and their fields; a server gives them out itself, as an OpenAPI
/// document, at `/api/openapi.json`.
public struct HTTPAPI: Sendable {
    /// Who may use it.
    public enum Access: Sendable {
        /// Whoever sends one of these keys (`X-API-Key`, `Authorization: apikey KEY`, or `?api_key=KEY`); all others get
        /// 401. Without any key nobody may.
        case keys([String])
        /// Everybody on this machine, but no web page of another origin. Only for servers that listen on loopback alone.
        case local
    }

    /// How errors are told.
    public enum ErrorMode: Sendable {
        /// By status 200 and `{"error": …}`, unless they are about the HTTP request itself, or temporary.
        case body
        /// By the HTTP status, and the error alone.
        case transport
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
        /// The most topics of one answer of `channels`. Default 10,000.
        public var topics = 10_000
        /// The most connections of one answer of `connections`. Default 1,000.
        public var connections = 1_000

        /// Makes the defaults.
        public init() {}
    }

    let hub: Hub
    let gatekeeper: APIGuard
    let limits: Limits
    let errorMode: ErrorMode
    let revocations: Revocations?
    let procedures: Procedures
    /// What the server calls itself in `info`.
    let name: String
    let failures: APIFailureLog
    let load = ProcessLoad()
    let counters: APICounters

    /// Makes the API of a hub.
    ///
    /// - Parameters:
    ///   - access: who may use it.
    ///   - errorMode: how errors are told to those who do not say it themselves (`X-Centrifugo-Error-Mode: transport`).
    ///   - revocations: where `revoke_token` and `invalidate_user_tokens` write to; without, they are not available
    ///     (108).
    ///   - name: what the server calls itself in `info`.
    ///   - logger: told why the API, or a procedure, has failed (code 100), once a minute.
    ///   - metrics: where requests are counted; by default what the program has chosen for itself.
    public init(
        hub: Hub,
        access: Access,
        limits: Limits = Limits(),
        errorMode: ErrorMode = .body,
        revocations: Revocations? = nil,
        name: String = "chorus",
        logger: Logger = Logger(label: "chorus"),
        metrics: any MetricsFactory = MetricsSystem.factory
    ) {
        self.hub = hub
        self.gatekeeper = APIGuard(access)
        self.limits = limits
        self.errorMode = errorMode
        self.revocations = revocations
        self.procedures = Procedures()
        self.name = name
        self.failures = APIFailureLog(logger)
        self.counters = APICounters(metrics)
    }

    /// Lets in others from now on, also where this API has already been added to a router.
    public func setAccess(_ access: Access) { gatekeeper.set(access) }
}

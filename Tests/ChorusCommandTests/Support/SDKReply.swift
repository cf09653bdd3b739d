/// What the server says to a client of the Centrifuge protocol, in JSON. Publications are texts.
struct SDKReply: Decodable, Sendable {
    struct Failure: Decodable, Sendable {
        let code: Int
    }

    struct Connected: Decodable, Sendable {
        let client: String
        let ping: Int?
        let pong: Bool?
        let subs: [String: Subscribed]?
    }

    struct Subscribed: Decodable, Sendable {
        let recoverable: Bool?
        let positioned: Bool?
        let epoch: String?
        let offset: Int?
        let recovered: Bool?
        let was_recovering: Bool?
    }

    struct Publication: Decodable, Equatable, Sendable {
        var data: String
        var info: Info?
        var offset: Int?
    }

    /// Who a client is.
    struct Info: Decodable, Equatable, Sendable {
        var user: String
        var client: String
    }

    struct Presence: Decodable, Sendable {
        let presence: [String: Info]
    }

    struct Statistics: Decodable, Sendable {
        let num_clients: Int
        let num_users: Int
    }

    struct History: Decodable, Sendable {
        let publications: [Publication]
        let epoch: String
        let offset: Int
    }

    struct Arrival: Decodable, Equatable, Sendable {
        var info: Info
    }

    struct Push: Decodable, Equatable, Sendable {
        var channel: String?
        var pub: Publication?
        var join: Arrival?
        var leave: Arrival?
    }

    let id: Int?
    let error: Failure?
    let connect: Connected?
    let subscribe: Subscribed?
    let presence: Presence?
    let presence_stats: Statistics?
    let history: History?
    let push: Push?
}

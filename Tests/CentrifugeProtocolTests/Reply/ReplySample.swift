import CentrifugeProtocol
import NIOCore
import Testing

/// A reply, and how it goes out in both formats.
struct ReplySample: Sendable, CustomTestStringConvertible {
    var reply: Reply
    var json: String
    /// With the length in front. Derived from the numbers of the fields, by other means than SwiftProtobuf.
    var protobuf: String

    var testDescription: String { json }

    private init(_ reply: Reply, _ json: String, _ protobuf: String) {
        self.reply = reply
        self.json = json
        self.protobuf = protobuf
    }

    private static let ada = ClientInfo(user: "ada", client: "c1", connInfo: #"{"n":1}"#, chanInfo: "[2]")
    private static let adaJSON = #"{"user":"ada","client":"c1","conn_info":{"n":1},"chan_info":[2]}"#
    private static let adaProtobuf = "0a 03 61 64 61 12 02 63 31 1a 07 7b 22 6e 22 3a 31 7d 22 03 5b 32 5d"

    private static let full = Publication(
        data: #""hi""#,
        info: ada,
        offset: 300,
        tags: ["a": "b"],
        delta: true,
        time: 1_700_000_000_000,
        key: "k"
    )
    private static let fullJSON =
        #"{"data":"hi","info":"# + adaJSON
        + #","offset":300,"tags":{"a":"b"},"delta":true,"time":1700000000000,"key":"k"}"#
    private static let fullProtobuf =
        "22 04 22 68 69 22 2a 17 " + adaProtobuf
        + " 30 ac 02 3a 06 0a 01 61 12 01 62 40 01 48 80 d0 95 ff bc 31 5a 01 6b"
    private static let small = Publication(data: "1", offset: 5)

    static let errors = [
        ReplySample(.ping, "{}", "00"),
        ReplySample(
            .error(id: 1, .internalServerError),
            #"{"id":1,"error":{"code":100,"message":"internal server error","temporary":true}}"#,
            "1f 08 01 12 1b 08 64 12 15 69 6e 74 65 72 6e 61 6c 20 73 65 72 76 65 72 20 65 72 72 6f 72 18 01"
        ),
        ReplySample(
            .error(id: 2, .tokenExpired),
            #"{"id":2,"error":{"code":109,"message":"token expired"}}"#,
            "15 08 02 12 11 08 6d 12 0d 74 6f 6b 65 6e 20 65 78 70 69 72 65 64"
        ),
    ]

    static let results = [
        ReplySample(
            .result(
                id: 1,
                .connect(
                    ConnectResult(
                        client: "c1",
                        version: "v1",
                        expires: true,
                        ttl: 60,
                        data: #"{"a":1}"#,
                        subs: [
                            "news": SubscribeResult(
                                expires: true,
                                ttl: 60,
                                recoverable: true,
                                epoch: "x",
                                publications: [small],
                                recovered: true,
                                offset: 4,
                                positioned: true,
                                data: "{}",
                                wasRecovering: true,
                                delta: true
                            )
                        ],
                        ping: 25,
                        pong: true,
                        session: "s",
                        node: "n",
                        time: 1_700_000_000_000
                    )
                )
            ),
            #"{"id":1,"connect":{"client":"c1","version":"v1","expires":true,"ttl":60,"data":{"a":1},"subs":{"news":{"#
                + #""expires":true,"ttl":60,"recoverable":true,"epoch":"x","publications":[{"data":1,"offset":5}],"#
                + #""recovered":true,"offset":4,"positioned":true,"data":{},"was_recovering":true,"delta":true}},"#
                + #""ping":25,"pong":true,"session":"s","node":"n","time":1700000000000}}"#,
            "52 08 01 2a 4e 0a 02 63 31 12 02 76 31 18 01 20 3c 2a 07 7b 22 61 22 3a 31 7d 32 26 0a 04 6e 65 77 73 "
                + "12 1e 08 01 10 3c 18 01 32 01 78 3a 05 22 01 31 30 05 40 01 48 04 50 01 5a 02 7b 7d 60 01 68 01 "
                + "38 19 40 01 4a 01 73 52 01 6e 58 80 d0 95 ff bc 31"
        ),
        ReplySample(.result(id: 2, .subscribe(SubscribeResult())), #"{"id":2,"subscribe":{}}"#, "04 08 02 32 00"),
        ReplySample(.result(id: 3, .unsubscribe), #"{"id":3,"unsubscribe":{}}"#, "04 08 03 3a 00"),
        ReplySample(.result(id: 4, .publish), #"{"id":4,"publish":{}}"#, "04 08 04 42 00"),
        ReplySample(
            .result(id: 5, .presence(["c1": ada])),
            #"{"id":5,"presence":{"presence":{"c1":"# + adaJSON + "}}}",
            "23 08 05 4a 1f 0a 1d 0a 02 63 31 12 17 " + adaProtobuf
        ),
        ReplySample(.result(id: 5, .presence([:])), #"{"id":5,"presence":{"presence":{}}}"#, "04 08 05 4a 00"),
        ReplySample(
            .result(id: 6, .presenceStats(clients: 2, users: 1)),
            #"{"id":6,"presence_stats":{"num_clients":2,"num_users":1}}"#,
            "08 08 06 52 04 08 02 10 01"
        ),
        ReplySample(
            .result(id: 6, .presenceStats(clients: 0, users: 0)),
            #"{"id":6,"presence_stats":{"num_clients":0,"num_users":0}}"#,
            "04 08 06 52 00"
        ),
        ReplySample(
            .result(id: 7, .history(HistoryResult(publications: [full, small], epoch: "x", offset: 300))),
            #"{"id":7,"history":{"publications":["# + fullJSON + #",{"data":1,"offset":5}],"epoch":"x","offset":300}}"#,
            "49 08 07 5a 45 0a 36 " + fullProtobuf + " 0a 05 22 01 31 30 05 12 01 78 18 ac 02"
        ),
        ReplySample(
            .result(id: 7, .history(HistoryResult(publications: [], epoch: "", offset: 0))),
            #"{"id":7,"history":{"publications":[],"epoch":"","offset":0}}"#,
            "04 08 07 5a 00"
        ),
        ReplySample(.result(id: 8, .rpc("[1]")), #"{"id":8,"rpc":{"data":[1]}}"#, "09 08 08 6a 05 0a 03 5b 31 5d"),
        ReplySample(
            .result(id: 9, .refresh(RefreshResult(client: "c1", version: "v1", expires: true, ttl: 60))),
            #"{"id":9,"refresh":{"client":"c1","version":"v1","expires":true,"ttl":60}}"#,
            "10 08 09 72 0c 0a 02 63 31 12 02 76 31 18 01 20 3c"
        ),
        ReplySample(
            .result(id: 10, .subRefresh(expires: true, ttl: 60)),
            #"{"id":10,"sub_refresh":{"expires":true,"ttl":60}}"#,
            "08 08 0a 7a 04 08 01 10 3c"
        ),
    ]

    static let pushes = [
        ReplySample(
            .push(channel: "news", .publication(full)),
            #"{"push":{"channel":"news","pub":"# + fullJSON + "}}",
            "40 22 3e 12 04 6e 65 77 73 22 36 " + fullProtobuf
        ),
        ReplySample(
            .push(channel: "news", .publication(small)),
            #"{"push":{"channel":"news","pub":{"data":1,"offset":5}}}"#,
            "0f 22 0d 12 04 6e 65 77 73 22 05 22 01 31 30 05"
        ),
        ReplySample(.push(channel: "", .publication(Publication(data: ""))), #"{"push":{"pub":{}}}"#, "04 22 02 22 00"),
        ReplySample(
            .push(channel: "news", .join(ada)),
            #"{"push":{"channel":"news","join":{"info":"# + adaJSON + "}}}",
            "23 22 21 12 04 6e 65 77 73 2a 19 0a 17 " + adaProtobuf
        ),
        ReplySample(
            .push(channel: "news", .leave(ClientInfo(user: "", client: "c2"))),
            #"{"push":{"channel":"news","leave":{"info":{"user":"","client":"c2"}}}}"#,
            "10 22 0e 12 04 6e 65 77 73 32 06 0a 04 12 02 63 32"
        ),
        ReplySample(
            .push(channel: "news", .unsubscribe(code: 2500, reason: "insufficient state")),
            #"{"push":{"channel":"news","unsubscribe":{"code":2500,"reason":"insufficient state"}}}"#,
            "21 22 1f 12 04 6e 65 77 73 3a 17 10 c4 13 1a 12 69 6e 73 75 66 66 69 63 69 65 6e 74 20 73 74 61 74 65"
        ),
        ReplySample(
            .push(channel: "", .message(#"{"a":1}"#)),
            #"{"push":{"message":{"data":{"a":1}}}}"#,
            "0d 22 0b 42 09 0a 07 7b 22 61 22 3a 31 7d"
        ),
        ReplySample(
            .push(
                channel: "news",
                .subscribe(SubscribePush(recoverable: true, epoch: "x", offset: 4, positioned: true, data: "{}"))
            ),
            #"{"push":{"channel":"news","subscribe":{"recoverable":true,"epoch":"x","offset":4,"positioned":true,"#
                + #""data":{}}}}"#,
            "17 22 15 12 04 6e 65 77 73 4a 0d 08 01 22 01 78 28 04 30 01 3a 02 7b 7d"
        ),
        ReplySample(
            .push(channel: "", .disconnect(code: 3001, reason: "shutdown")),
            #"{"push":{"disconnect":{"code":3001,"reason":"shutdown"}}}"#,
            "11 22 0f 5a 0d 08 b9 17 12 08 73 68 75 74 64 6f 77 6e"
        ),
        ReplySample(
            .push(channel: "", .refresh(expires: true, ttl: 60)),
            #"{"push":{"refresh":{"expires":true,"ttl":60}}}"#,
            "08 22 06 62 04 08 01 10 3c"
        ),
    ]

    /// Every reply, with every field that is written.
    static let all = errors + results + pushes
}

/// The frame with these replies.
func frame(_ replies: [Reply], _ format: CentrifugeFormat) -> ByteBuffer {
    let writer = ReplyWriter(format: format)
    var frame = ByteBuffer()
    for (index, reply) in replies.enumerated() { writer.write(reply, into: &frame, isFirst: index == 0) }
    return frame
}

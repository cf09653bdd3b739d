import CentrifugeProtocol
import NIOCore
import Testing

/// A command, and how it comes in both formats.
struct CommandSample: Sendable, CustomTestStringConvertible {
    var json: String
    /// With the length in front. Derived from the numbers of the fields, by other means than SwiftProtobuf.
    var protobuf: String
    var command: Command

    var testDescription: String { json }

    private init(_ id: UInt32, _ request: Request, _ json: String, _ protobuf: String) {
        self.json = json
        self.protobuf = protobuf
        command = Command(id: id, request: request)
    }

    /// Every command, with every field that is read.
    static let all = [
        CommandSample(
            1,
            .connect(
                ConnectRequest(
                    token: "t",
                    data: #"{"a":1}"#,
                    subs: ["news": SubscribeRequest(recover: true, epoch: "x", offset: 3)],
                    name: "js",
                    version: "5",
                    headers: ["h": "v"],
                    flag: 1
                )
            ),
            #"{"id":1,"connect":{"token":"t","data":{"a":1},"subs":{"news":{"recover":true,"epoch":"x","offset":3}},"#
                + #""name":"js","version":"5","headers":{"h":"v"},"flag":1}}"#,
            "32 08 01 22 2e 0a 01 74 12 07 7b 22 61 22 3a 31 7d 1a 0f 0a 04 6e 65 77 73 12 07 18 01 32 01 78 38 03 "
                + "22 02 6a 73 2a 01 35 32 06 0a 01 68 12 01 76 38 01"
        ),
        CommandSample(1, .connect(ConnectRequest()), #"{"connect":{},"id":1}"#, "04 08 01 22 00"),
        CommandSample(
            2,
            .subscribe(
                SubscribeRequest(
                    channel: "news",
                    token: "t",
                    recover: true,
                    epoch: "x",
                    offset: 300,
                    data: "7",
                    positioned: true,
                    recoverable: true,
                    joinLeave: true,
                    delta: "fossil",
                    hasTagsFilter: true,
                    flag: 3,
                    type: 1
                )
            ),
            #"{"id":2,"subscribe":{"channel":"news","token":"t","recover":true,"epoch":"x","offset":300,"data":7,"#
                + #""positioned":true,"recoverable":true,"join_leave":true,"delta":"fossil","tf":{"op":"or"},"flag":3,"#
                + #""type":1}}"#,
            "2c 08 02 2a 28 0a 04 6e 65 77 73 12 01 74 18 01 32 01 78 38 ac 02 42 01 37 48 01 50 01 58 01 62 06 66 "
                + "6f 73 73 69 6c 6a 00 70 03 78 01"
        ),
        CommandSample(
            3,
            .unsubscribe(channel: "news"),
            #"{"id":3,"unsubscribe":{"channel":"news"}}"#,
            "0a 08 03 32 06 0a 04 6e 65 77 73"
        ),
        CommandSample(
            4,
            .publish(PublishRequest(channel: "news", data: #""hi""#, type: 1, key: "k", removed: true)),
            #"{"id":4,"publish":{"channel":"news","data":"hi","type":1,"key":"k","removed":true}}"#,
            "17 08 04 3a 13 0a 04 6e 65 77 73 12 04 22 68 69 22 18 01 22 01 6b 28 01"
        ),
        CommandSample(
            5,
            .presence(channel: "news"),
            #"{"id":5,"presence":{"channel":"news"}}"#,
            "0a 08 05 42 06 0a 04 6e 65 77 73"
        ),
        CommandSample(
            6,
            .presenceStats(channel: "news"),
            #"{"id":6,"presence_stats":{"channel":"news"}}"#,
            "0a 08 06 4a 06 0a 04 6e 65 77 73"
        ),
        CommandSample(
            7,
            .history(
                HistoryRequest(
                    channel: "news",
                    limit: -1,
                    since: StreamPosition(offset: 300, epoch: "x"),
                    reverse: true
                )
            ),
            #"{"id":7,"history":{"channel":"news","limit":-1,"since":{"offset":300,"epoch":"x"},"reverse":true}}"#,
            "1f 08 07 52 1b 0a 04 6e 65 77 73 38 ff ff ff ff ff ff ff ff ff 01 42 06 08 ac 02 12 01 78 48 01"
        ),
        CommandSample(8, .ping, #"{"id":8,"ping":{}}"#, "04 08 08 5a 00"),
        CommandSample(0, .send("[1]"), #"{"send":{"data":[1]}}"#, "07 62 05 0a 03 5b 31 5d"),
        CommandSample(
            300,
            .rpc(RPCRequest(method: "m", data: "null")),
            #"{"id":300,"rpc":{"method":"m","data":null}}"#,
            "0e 08 ac 02 6a 09 0a 04 6e 75 6c 6c 12 01 6d"
        ),
        CommandSample(10, .refresh(token: "t"), #"{"id":10,"refresh":{"token":"t"}}"#, "07 08 0a 72 03 0a 01 74"),
        CommandSample(
            11,
            .subRefresh(SubRefreshRequest(channel: "news", token: "t", type: 1)),
            #"{"id":11,"sub_refresh":{"channel":"news","token":"t","type":1}}"#,
            "0f 08 0b 7a 0b 0a 04 6e 65 77 73 12 01 74 18 01"
        ),
        CommandSample(0, .empty, "{}", "00"),
    ]
}

/// All commands of a frame.
func commands(_ frame: ByteBuffer, _ format: CentrifugeFormat) throws(ProtocolViolation) -> [Command] {
    var reader = CommandReader(frame, format: format)
    var commands: [Command] = []
    while let command = try reader.next() { commands.append(command) }
    return commands
}

/// Why a frame is refused.
func violation(_ frame: ByteBuffer, _ format: CentrifugeFormat) -> ProtocolViolation? {
    do throws(ProtocolViolation) {
        _ = try commands(frame, format)
        return nil
    } catch {
        return error
    }
}

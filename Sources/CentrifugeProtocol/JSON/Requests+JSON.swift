import NIOCore

extension ConnectRequest {
    init(_ fields: JSONFields) throws(ProtocolViolation) {
        self.init(
            token: try fields.string("token"),
            data: fields.payload("data"),
            name: try fields.string("name"),
            version: try fields.string("version"),
            headers: try fields.strings("headers"),
            flag: try fields.number("flag")
        )
        for (channel, request) in try fields.objects("subs") {
            subs[channel] = try SubscribeRequest(request)
        }
    }
}

extension SubscribeRequest {
    init(_ fields: JSONFields) throws(ProtocolViolation) {
        self.init(
            channel: try fields.string("channel"),
            token: try fields.string("token"),
            recover: try fields.bool("recover"),
            epoch: try fields.string("epoch"),
            offset: try fields.number("offset"),
            data: fields.payload("data"),
            positioned: try fields.bool("positioned"),
            recoverable: try fields.bool("recoverable"),
            joinLeave: try fields.bool("join_leave"),
            delta: try fields.string("delta"),
            hasTagsFilter: try fields.object("tf") != nil,
            flag: try fields.number("flag"),
            type: try fields.number("type")
        )
    }
}

extension PublishRequest {
    init(_ fields: JSONFields) throws(ProtocolViolation) {
        self.init(
            channel: try fields.string("channel"),
            data: fields.payload("data") ?? ByteBuffer(),
            type: try fields.number("type"),
            key: try fields.string("key"),
            removed: try fields.bool("removed")
        )
    }
}

extension HistoryRequest {
    init(_ fields: JSONFields) throws(ProtocolViolation) {
        self.init(
            channel: try fields.string("channel"),
            limit: try fields.number("limit"),
            reverse: try fields.bool("reverse")
        )
        if let position = try fields.object("since") {
            since = StreamPosition(offset: try position.number("offset"), epoch: try position.string("epoch"))
        }
    }
}

extension SubRefreshRequest {
    init(_ fields: JSONFields) throws(ProtocolViolation) {
        self.init(
            channel: try fields.string("channel"),
            token: try fields.string("token"),
            type: try fields.number("type")
        )
    }
}

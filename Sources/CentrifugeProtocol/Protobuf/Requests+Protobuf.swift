import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation  // on Apple's systems, where it is a part of the system
#endif

extension ConnectRequest {
    init(_ message: ProtoConnectRequest) {
        self.init(
            token: message.token,
            data: message.data.payload,
            subs: message.subs.mapValues { SubscribeRequest($0) },
            name: message.name,
            version: message.version,
            headers: message.headers,
            flag: message.flag
        )
    }
}

extension SubscribeRequest {
    init(_ message: ProtoSubscribeRequest) {
        self.init(
            channel: message.channel,
            token: message.token,
            recover: message.recover,
            epoch: message.epoch,
            offset: message.offset,
            data: message.data.payload,
            positioned: message.positioned,
            recoverable: message.recoverable,
            joinLeave: message.joinLeave,
            delta: message.delta,
            hasTagsFilter: message.hasTf,
            flag: message.flag,
            type: message.type
        )
    }
}

extension PublishRequest {
    init(_ message: ProtoPublishRequest) {
        self.init(
            channel: message.channel,
            data: ByteBuffer(bytes: message.data),
            type: message.type,
            key: message.key,
            removed: message.removed
        )
    }
}

extension HistoryRequest {
    init(_ message: ProtoHistoryRequest) {
        self.init(channel: message.channel, limit: message.limit, reverse: message.reverse)
        if message.hasSince {
            since = StreamPosition(offset: message.since.offset, epoch: message.since.epoch)
        }
    }
}

extension Data {
    /// `nil` for nothing: Protobuf does not tell an empty field from one that is not there.
    fileprivate var payload: ByteBuffer? { isEmpty ? nil : ByteBuffer(bytes: self) }
}

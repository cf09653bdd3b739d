import NIOCore
import SwiftProtobuf

extension ByteBuffer {
    /// Appends a reply as a Protobuf message behind its length.
    mutating func writeProtobuf(_ reply: Reply) {
        switch reply {
        case .push(let channel, .publication(let publication)):
            // once for every message, event loop and format, so without an allocation
            writeProtobuf(delimited: PublicationReply(channel: channel, publication: publication))
        default:
            // it cannot fail: no field is required, and nobody has 2 GiB to say
            let message: [UInt8] = (try? ProtoReply(reply).serializedBytes()) ?? []
            writeVarint(UInt64(message.count))
            writeBytes(message)
        }
    }
}

extension ProtoReply {
    init(_ reply: Reply) {
        self.init()
        switch reply {
        case .ping: break
        case .error(let id, let error):
            self.id = id
            self.error.code = error.code
            self.error.message = error.message
            self.error.temporary = error.isTemporary
        case .result(let id, let result):
            self.id = id
            set(result)
        case .push(let channel, let content):
            push.channel = channel
            push.set(content)
        }
    }

    /// A message is there as soon as one of its fields is set, also to zero.
    private mutating func set(_ result: CommandResult) {
        switch result {
        case .connect(let result): connect = ProtoConnectResult(result)
        case .subscribe(let result): subscribe = ProtoSubscribeResult(result)
        case .unsubscribe: unsubscribe = ProtoUnsubscribeResult()
        case .publish: publish = ProtoPublishResult()
        case .presence(let clients): presence.presence = clients.mapValues { ProtoClientInfo($0) }
        case .presenceStats(let clients, let users):
            presenceStats.numClients = clients
            presenceStats.numUsers = users
        case .history(let result):
            history.publications = result.publications.map { ProtoPublication($0) }
            history.epoch = result.epoch
            history.offset = result.offset
        case .rpc(let data): rpc.data = data.protobuf
        case .refresh(let result):
            refresh.client = result.client
            refresh.version = result.version
            refresh.expires = result.expires
            refresh.ttl = result.ttl
        case .subRefresh(let expires, let ttl):
            subRefresh.expires = expires
            subRefresh.ttl = ttl
        }
    }
}

extension ProtoPush {
    fileprivate mutating func set(_ content: PushContent) {
        switch content {
        case .publication(let publication): pub = ProtoPublication(publication)
        case .join(let info): join.info = ProtoClientInfo(info)
        case .leave(let info): leave.info = ProtoClientInfo(info)
        case .unsubscribe(let code, let reason):
            unsubscribe.code = code
            unsubscribe.reason = reason
        case .message(let data): message.data = data.protobuf
        case .subscribe(let push):
            subscribe.recoverable = push.recoverable
            subscribe.epoch = push.epoch
            subscribe.offset = push.offset
            subscribe.positioned = push.positioned
            subscribe.data = push.data.protobuf
        case .disconnect(let code, let reason):
            disconnect.code = code
            disconnect.reason = reason
        case .refresh(let expires, let ttl):
            refresh.expires = expires
            refresh.ttl = ttl
        }
    }
}

import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation  // on Apple's systems, where it is a part of the system
#endif

extension ProtoConnectResult {
    init(_ result: ConnectResult) {
        self.init()
        client = result.client
        version = result.version
        expires = result.expires
        ttl = result.ttl
        data = result.data.protobuf
        subs = result.subs.mapValues { ProtoSubscribeResult($0) }
        ping = result.ping
        pong = result.pong
        session = result.session
        node = result.node
        time = result.time
    }
}

extension ProtoSubscribeResult {
    init(_ result: SubscribeResult) {
        self.init()
        expires = result.expires
        ttl = result.ttl
        recoverable = result.recoverable
        epoch = result.epoch
        publications = result.publications.map { ProtoPublication($0) }
        recovered = result.recovered
        offset = result.offset
        positioned = result.positioned
        data = result.data.protobuf
        wasRecovering = result.wasRecovering
        delta = result.delta
    }
}

extension ProtoPublication {
    init(_ publication: Publication) {
        self.init()
        data = publication.data.protobuf
        if let info = publication.info { self.info = ProtoClientInfo(info) }
        offset = publication.offset
        tags = publication.tags
        delta = publication.delta
        time = publication.time
        key = publication.key ?? ""
    }
}

extension ProtoClientInfo {
    init(_ info: ClientInfo) {
        self.init()
        user = info.user
        client = info.client
        connInfo = info.connInfo.protobuf
        chanInfo = info.chanInfo.protobuf
    }
}

extension ByteBuffer {
    /// As a `bytes` field.
    var protobuf: Data { Data(readableBytesView) }
}

extension ByteBuffer? {
    /// As a `bytes` field, which is empty where there is nothing.
    var protobuf: Data { self?.protobuf ?? Data() }
}

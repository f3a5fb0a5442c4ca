# language: ja
機能: 電子証明書の有効性 | Whether the certificate lives

  背景:
    前提 日時は2026年4月1日9時30分である

  @id:valid
  シナリオ: 有効な証明書 | A living certificate
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-CERT-06, OQS-CERT-07]
    かつ 案内は表示されない [OQS-CERT-12]

  @id:revoked @twin:certificate/valid
  シナリオ: 失効した証明書 | A revoked certificate
    前提 「架空花子」の利用者証明用電子証明書が失効する
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は証明書の拒否で終わる [OQS-CERT-06, OQS-CERT-07, OQS-CERT-20]
    かつ 資格は何も回答されない [OQS-CERT-07]
    かつ 結果ファイルは0件できる [OQS-CERT-07]

  @id:revoked-between-visits
  シナリオ: 有効性は毎回確かめられる | Validity is checked at every use
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-CERT-22]
    もし 「架空花子」の利用者証明用電子証明書が失効する
    かつ 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は証明書の拒否で終わる [OQS-CERT-21, OQS-CERT-22]

  @id:held @twin:certificate/hold-lifted
  シナリオ: 紛失で一時停止された証明書 | A certificate held as lost
    前提 「架空花子」の利用者証明用電子証明書が紛失により一時停止される
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は証明書の拒否で終わる [OQS-CERT-08, OQS-CERT-20]

  @id:hold-lifted
  シナリオ: 一時停止が解除された証明書 | The hold is lifted
    前提 「架空花子」の利用者証明用電子証明書が紛失により一時停止される
    かつ 「架空花子」の利用者証明用電子証明書の一時停止が解除される
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-CERT-08]

  @id:died @twin:certificate/valid
  シナリオ: 死亡により失効した証明書 | Revoked upon death
    前提 「架空花子」の死亡により証明書が失効する
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は証明書の拒否で終わる [OQS-CERT-09, OQS-CERT-20]

  @id:moved
  シナリオ: 転居しても利用者証明用電子証明書は失効しない | Moving house revokes nothing
    前提 「架空花子」が転居する
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-CERT-10]

  @id:renewed
  シナリオ: 更新された証明書でも同じ人が見つかる | A renewed certificate finds the same person
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「架空花子」の利用者証明用電子証明書が更新される
    かつ 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 資格は有効と回答される [OQS-CERT-17]
    かつ 回答の氏名は『架空　花子』である [OQS-CERT-17]

  @id:foreign-ca @twin:certificate/valid
  シナリオ: 信頼されていない認証局の証明書 | Another authority's signature
    前提 「架空花子」の証明書は信頼されていない認証局が署名している
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は証明書の拒否で終わる [OQS-CERT-05]
    かつ 結果ファイルは0件できる [OQS-CERT-05]

  @id:signed-by-other-card @twin:certificate/valid
  シナリオ: 別のカードによる署名 | Another card signs
    前提 「架空花子」の受付では「仮名太郎」のカードが署名する
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は署名の拒否で終わる [OQS-CERT-03]
    かつ 資格は何も回答されない [OQS-CERT-03]

  @id:replayed @twin:certificate/valid
  シナリオ: 一度使った証明の再送 | A proof sent twice
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 直前の受付の証明が「見本診療所」からもう一度送られる
    ならば 証明の再送は受け入れられない [OQS-CERT-03]

  @id:responder-silent @twin:certificate/valid
  シナリオ: 失効状態の応答がなくても失効とはみなさない | Silence of the responder is no revocation
    前提 失効状態の応答サーバが応答しない
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付はシステムエラーで終わる [OQS-CERT-19]
    かつ 結果ファイルは0件できる [OQS-CERT-19]
    もし 失効状態の応答サーバが回復する
    かつ 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-CERT-19]

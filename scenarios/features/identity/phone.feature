# language: ja
機能: スマートフォン | The phone
  スマホ用電子証明書による受付。見本診療所には汎用カードリーダーがあり、架空病院にはない。

  @id:android
  シナリオ: Android は暗証番号を入れてからかざす | An Android phone, with its PIN typed first
    前提 日時は2026年4月1日9時30分である
    もし 「架空花子」が「見本診療所」でAndroidと暗証番号『1234』により受付する
    ならば 受付は完了で終わる [OQS-MOB-01, OQS-MOB-02, OQS-MOB-05]
    かつ 患者に尋ねられるのは限度額情報と特定疾病情報と健診情報と薬剤情報と診療情報と手術情報だけである [OQS-MOB-01]
    かつ 回答の氏名は『架空　花子』である [OQS-MOB-01]

  @id:android-wrong-pin @twin:identity/android
  シナリオ: Android の暗証番号の誤り | A wrong PIN of the phone
    前提 日時は2026年4月1日9時30分である
    もし 「架空花子」が「見本診療所」でAndroidと暗証番号『0000』により受付する
    ならば 受付は暗証番号の誤りで終わる [OQS-MOB-02]
    かつ 資格確認機関には何も照会されない [OQS-MOB-02]

  @id:iphone
  シナリオ: iPhone は本人を自ら確かめてからかざす | An iPhone, which has checked its holder
    前提 日時は2026年4月1日9時30分である
    もし 「架空花子」が「見本診療所」でiPhoneにより受付する
    ならば 受付は完了で終わる [OQS-MOB-01, OQS-MOB-02]
    かつ 同意があるのは限度額情報と特定疾病情報と健診情報と薬剤情報と診療情報と手術情報だけである [OQS-MOB-01]

  @id:phone-not-taken @twin:identity/android
  シナリオ: スマートフォンに対応しない医療機関ではカードを使う | An institution without phones says so, and takes the card
    前提 日時は2026年4月1日9時30分である
    もし 「架空花子」が「架空病院」でAndroidと暗証番号『1234』により受付する
    ならば 受付はスマートフォン非対応で終わる [OQS-MOB-05, OQS-CARD-04]
    かつ 資格確認機関には何も照会されない [OQS-MOB-05]
    もし 「架空花子」が「架空病院」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-MOB-05, OQS-CARD-04]

  @id:card-revoked @twin:identity/iphone
  シナリオ: カードの電子証明書が失効すればスマートフォンも使えない | A dead certificate on the card ends the phone too
    前提 日時は2026年4月1日9時30分である
    かつ 「架空花子」の利用者証明用電子証明書が失効する
    もし 「架空花子」が「見本診療所」でiPhoneにより受付する
    ならば 受付は証明書の拒否で終わる [OQS-MOB-03]
    かつ 資格は何も回答されない [OQS-MOB-03]

  @id:phone-last-day
  シナリオ: スマートフォンも満了の日の終わりまで有効 | A phone serves to the end of its last day
    前提 日時は2026年4月10日23時59分である
    もし 「見本一郎」が「見本診療所」でiPhoneにより受付する
    ならば 受付は完了で終わる [OQS-MOB-04]

  @id:phone-no-grace @twin:identity/phone-last-day
  シナリオ: スマートフォンの電子証明書に猶予期間はない | A phone has no grace
    前提 日時は2026年4月11日0時0分である
    もし 「見本一郎」が「見本診療所」でiPhoneにより受付する
    ならば 受付は証明書の拒否で終わる [OQS-MOB-04]
    # カードは猶予期間のあいだ使える
    もし 「見本一郎」が「見本診療所」で顔認証により受付する
    ならば 猶予期間の案内が表示される [OQS-CERT-13]
